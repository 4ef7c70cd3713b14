"""Runs jobs of the installation."""

import time


def run(installation, name, seconds=300):
    """Runs a job and waits for its end: one that takes long goes on after the answer, and two of a job do not overlap."""
    deadline = time.monotonic() + seconds
    while True:
        answer = installation.post(f"/v1/schedules/{name}/run")
        if answer.status == 409:
            wait(installation, name, deadline)
            continue
        if answer.status != 202:
            return answer.expect(200)
        assert answer.json["running"], answer.json
        return wait(installation, name, deadline)


def wait(installation, name, deadline):
    while True:
        job = next(job for job in installation.get("/v1/schedules", query={"limit": 200}).expect(200)["data"] if job["name"] == name)
        if not job["running"]:
            return job
        assert time.monotonic() < deadline, job
        time.sleep(0.1)
