"""What browsers call themselves, in words that their owner knows."""

BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
"""By what is in the header; the first that is counts, for each claims to be most of those below it."""
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}


def device(user_agent: str | None) -> str | None:
    """Browser and system, such as `Firefox, Windows`; None where neither is known."""
    said = user_agent or ""
    known = [next((name for part, name in names.items() if part in said), None) for names in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in known if name) or None
