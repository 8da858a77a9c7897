"""What browser tests find on the chat page."""


def answers(page):
    """Those that are complete."""
    return page.locator(".answer[data-state=complete]")
