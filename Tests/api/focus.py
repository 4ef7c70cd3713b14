"""Validates a file against FOCUS 1.2 (https://focus.finops.org/focus-specification/v1-2/): every mandatory column, and the
conditional ones that are there, by type, form, nullability, allowed values, and what they must be together."""

import csv
import datetime
import decimal
import io
import json
import re

MANDATORY = """BilledCost BillingAccountId BillingAccountName BillingCurrency BillingPeriodEnd BillingPeriodStart ChargeCategory
ChargeClass ChargeDescription ChargePeriodEnd ChargePeriodStart ContractedCost EffectiveCost InvoiceIssuerName ListCost PricingQuantity
PricingUnit ProviderName PublisherName ServiceCategory ServiceName""".split()
OTHERS = """ChargeFrequency ConsumedQuantity ConsumedUnit ListUnitPrice PricingCategory ResourceId ResourceName ResourceType
ServiceSubcategory SkuId SkuMeter SkuPriceId SubAccountId SubAccountName Tags""".split()
NULLABLE = {
    "BillingAccountName", "ChargeClass", "ChargeDescription", "PricingQuantity", "PricingUnit", "ConsumedQuantity", "ConsumedUnit",
    "ListUnitPrice", "PricingCategory", "ResourceId", "ResourceName", "ResourceType", "SkuId", "SkuMeter", "SkuPriceId", "SubAccountId",
    "SubAccountName", "Tags",
}
# Null only for taxes, purchases, corrections and the like, which Purser does not have.
FILLED = {"PricingQuantity", "PricingUnit", "ConsumedQuantity", "ConsumedUnit", "ListUnitPrice", "PricingCategory", "SkuId", "SkuPriceId"}
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([Ee]-?[0-9]+)?")
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
ALLOWED = {
    "ChargeCategory": {"Usage", "Purchase", "Tax", "Credit", "Adjustment"},
    "ChargeClass": {"", "Correction"},
    "ChargeFrequency": {"One-Time", "Recurring", "Usage-Based"},
    "PricingCategory": {"Standard", "Dynamic", "Committed", "Other"},
    "ServiceCategory": {
        "AI and Machine Learning", "Analytics", "Business Applications", "Compute", "Databases", "Developer Tools", "Multicloud", "Identity",
        "Integration", "Internet of Things", "Management and Governance", "Media", "Migration", "Mobile", "Networking", "Security", "Storage",
        "Web", "Other",
    },
    "ServiceSubcategory": {
        "AI Platforms", "Bots", "Generative AI", "Machine Learning", "Natural Language Processing", "Other (AI and Machine Learning)",
    },
    "PricingUnit": {"Tokens", "Requests"},
    "ConsumedUnit": {"Tokens", "Requests"},
}
NUMBERS = {"BilledCost", "ContractedCost", "EffectiveCost", "ListCost", "ListUnitPrice", "PricingQuantity", "ConsumedQuantity"}
TIMES = {"BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd"}


def read(content):
    """The rows of a file, each a dictionary."""
    assert content.endswith(b"\r\n")
    reader = csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
    rows = list(reader)
    assert len(set(reader.fieldnames)) == len(reader.fieldnames)
    missing = set(MANDATORY) - set(reader.fieldnames)
    assert not missing, f"mandatory columns are missing: {missing}"
    for name in reader.fieldnames:
        assert name in MANDATORY or name in OTHERS or re.fullmatch(r"x_[A-Z][A-Za-z]*", name), f"{name} is no column of FOCUS 1.2"
    return rows


def validate(rows, currency):
    for row in rows:
        assert None not in row and None not in row.values(), f"a row of another length: {row}"
        for name in [*MANDATORY, *OTHERS]:
            _cell(name, row[name], row)
        _together(row, currency)


def _cell(name, text, row):
    assert text or name in NULLABLE, f"{name} is null: {row}"
    assert text or name not in FILLED, f"{name} is null in a row of usage: {row}"
    assert text == "" or text.strip(), f"{name} is made of spaces"
    if text and name in NUMBERS:
        assert NUMBER.fullmatch(text), f"{name} is no number: {text}"
    if name in TIMES:
        assert TIME.fullmatch(text), f"{name} is no time: {text}"
        datetime.datetime.fromisoformat(text)
    if name in ALLOWED:
        assert text in ALLOWED[name], f"{name} is {text}"


def _together(row, currency):
    number = {name: decimal.Decimal(row[name]) for name in NUMBERS}
    time = {name: datetime.datetime.fromisoformat(row[name]) for name in TIMES}
    assert row["BillingCurrency"] == currency and re.fullmatch("[A-Z]{3}", currency)
    assert number["ListUnitPrice"] >= 0
    with decimal.localcontext(prec=60):
        assert number["ListUnitPrice"] * number["PricingQuantity"] == number["ListCost"], row
    assert number["BilledCost"] == number["EffectiveCost"] == number["ContractedCost"]
    assert row["ChargeFrequency"] == "Usage-Based" and row["ChargeCategory"] == "Usage"
    start, end = time["BillingPeriodStart"], time["BillingPeriodEnd"]
    assert (start.day, start.hour, start.minute, start.second) == (1, 0, 0, 0)
    assert end == (start + datetime.timedelta(days=32)).replace(day=1)
    assert start <= time["ChargePeriodStart"] < time["ChargePeriodEnd"] <= end
    tags = json.loads(row["Tags"])
    assert isinstance(tags, dict) and all(isinstance(value, (str, int, float, bool, type(None))) for value in tags.values())
