"""A headless Chromium: what a person sees of a page and does on it, and what must be so on every page that is looked at."""

import os
import pathlib
import re
import shutil

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

PICTURES = pathlib.Path(__file__).resolve().parent / "pictures"
SIZES = {1440: (900, False), 380: (800, True)}
SCHEMES = ("light", "dark")

# Every piece of text against what lies behind it (WCAG 2.2, 1.4.3): 4.5, or 3 where it is large.
CONTRAST = """
const parse = text => {
  const srgb = text.match(/^color\\(srgb ([^)]*)\\)/);
  const parts = (srgb ? srgb[1] : text.replace(/^rgba?\\(|\\)$/g, '')).split(/[\\s,\\/]+/).filter(Boolean).map(Number);
  const scale = srgb ? 255 : 1;
  return [parts[0] * scale, parts[1] * scale, parts[2] * scale, parts.length > 3 ? parts[3] : 1];
};
const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
const luminance = c => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
  const v = c[i] / 255;
  return sum + weight * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
}, 0);
const ratio = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
const behind = element => {
  const layers = [];
  for (let e = element; e; e = e.parentElement) layers.push(parse(getComputedStyle(e).backgroundColor));
  return layers.reverse().reduce((under, layer) => over(layer, under), parse(getComputedStyle(document.body).backgroundColor));
};
const found = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const text = walker.currentNode.textContent.trim(), element = walker.currentNode.parentElement;
  if (!text || element.closest('title, desc, option, datalist') || !element.getClientRects().length) continue;
  const style = getComputedStyle(element), size = parseFloat(style.fontSize);
  const isShape = element instanceof SVGElement;
  const back = behind(element), front = over(parse(isShape ? style.fill : style.color), back);
  const needed = size >= 24 || size >= 18.66 && style.fontWeight >= 700 ? 3 : 4.5;
  const is = ratio(front, back);
  if (is < needed) found.push(`${is.toFixed(2)} < ${needed}: "${text.slice(0, 40)}" in <${element.tagName} class="${element.getAttribute('class')}">`);
}
return found;
"""


class Eyes:
    def __init__(self, url):
        self.url = url.rstrip("/")
        options = Options()
        options.binary_location = shutil.which("chromium") or shutil.which("chromium-browser") or ""
        for argument in ("--headless=new", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage"):
            options.add_argument(argument)
        if os.geteuid() == 0:
            # Chromium refuses its sandbox to root; only pages of the server under test are loaded.
            options.add_argument("--no-sandbox")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        self.clicks = 0

    def close(self):
        self.driver.quit()

    def forget(self):
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        self.show_as(1440, "light")

    def show_as(self, width, scheme):
        height, is_phone = SIZES[width]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone})

    # What a person does

    def open(self, path):
        self.driver.get(self.url + path)
        self.check()

    def sign_in(self, key, to="/dashboard"):
        self.open(to)
        self.type("key", key)
        self.press("Sign in")
        assert not self.path.startswith("/dashboard/sign-in"), self.words

    def type(self, name, text, form=None):
        (field,) = self.driver.find_elements(By.CSS_SELECTOR, (f'form[action$="{form}"] ' if form else "") + f'[name="{name}"]')
        if field.tag_name == "select":
            Select(field).select_by_value(text)
        else:
            field.clear()
            field.send_keys(text)

    def press(self, title):
        (button,) = [b for b in self.driver.find_elements(By.TAG_NAME, "button") if b.is_displayed() and b.text == title]
        button.click()
        self.check()

    def click(self, title):
        """Follows the first link with this text."""
        link = [a for a in self.driver.find_elements(By.TAG_NAME, "a") if a.is_displayed() and a.text.strip() == title][0]
        link.click()
        self.clicks += 1
        self.check()

    # What a person sees

    @property
    def path(self):
        return self.driver.current_url.removeprefix(self.url)

    @property
    def words(self):
        return self.driver.find_element(By.TAG_NAME, "body").text

    @property
    def title(self):
        return self.driver.find_element(By.TAG_NAME, "h1").text

    # What must be so

    def check(self):
        told = [entry for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
        # Chromium logs every answer that is no success; a page may well be one.
        told = [entry for entry in told if "the server responded with a status of 4" not in entry["message"]]
        assert told == [], told
        width, wide = self.driver.execute_script("return [window.innerWidth, document.documentElement.scrollWidth]")
        assert wide <= width, f"{self.path} is {wide} wide at {width}"
        low = self.driver.execute_script(CONTRAST)
        assert low == [], f"{self.path}: {low[:5]}"

    def look_at(self, path):
        """The page on a screen and on a phone, light and dark, with a picture of each."""
        PICTURES.mkdir(exist_ok=True)
        name = re.sub(r"[^a-z0-9]+", "-", path.removeprefix("/dashboard").split("?")[0].lower()).strip("-") or "home"
        for width in SIZES:
            for scheme in SCHEMES:
                self.show_as(width, scheme)
                self.open(path)
                height = self.driver.execute_script("return document.documentElement.scrollHeight")
                self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
                    "width": width, "height": min(max(height, 600), 4000), "deviceScaleFactor": 1, "mobile": SIZES[width][1]})
                self.driver.save_screenshot(str(PICTURES / f"{name[:60]}-{width}-{scheme}.png"))
        self.show_as(1440, "light")
