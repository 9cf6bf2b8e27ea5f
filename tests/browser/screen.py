"""What holds of a page on any screen."""

from playwright.sync_api import Page


def expect_to_fit(page: Page) -> None:
    """Fail where the page is wider than the screen, once it is there."""
    page.wait_for_load_state()
    page.locator("body").wait_for()
    wider_by = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wider_by == 0


def choose_in_userbar(page: Page, name: str) -> None:
    """Choose an entry of Wagtail's bar on a page."""
    bar = page.locator("wagtail-userbar")
    bar.get_by_role("button").click()
    bar.get_by_role("menuitem", name=name).click()
