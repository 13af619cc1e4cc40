"""`make shots`: eight kinds of page as a reader first sees them, on a desk and on a phone, in light and in dark.

It makes a site of its own with the real content, and writes docs/shots/KIND-WIDTH-SCHEME.webp and the page that shows all
of them, docs/shots/README.md.
"""

import io
import shutil

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.live import ROOT, site_of_its_own

FOLDER = ROOT / "docs" / "shots"
KINDS = {
    "front": ("Front page", "/"),
    "article": ("Article", "/articles/2025/kazakhstan-law-on-minimum-wage-convention/"),
    "articles": ("News", "/articles/"),
    "roadmap": ("Roadmap", "/roadmaps/kazakhstan-roadmap-2024-2025/"),
    "commitments": ("Commitments", "/commitments/"),
    "commitment": ("Commitment", "/commitments/kazakhstan-2024-ratify-c131/"),
    "convention": ("Convention", "/conventions/c190/"),
    "country": ("Country", "/countries/kazakhstan/"),
}
#: The widths with their heights: a desk and a phone.
SIZES = {1280: 900, 390: 844}
SCHEMES = ["light", "dark"]
QUALITY = 72


def name(kind, width, scheme):
    return f"{kind}-{width}-{scheme}.webp"


def album():
    """The page on which all of them are shown."""
    lines = [
        "# What it looks like",
        "",
        "Made by `make shots`, with the content that is committed. On a desk and on a phone, in light and in dark.",
        "",
    ]
    for kind, (title, path) in KINDS.items():
        views = [f"![{title}, {width} px, {scheme}]({name(kind, width, scheme)})" for width in SIZES for scheme in SCHEMES]
        lines += [f"## {title}", "", f"`{path}`", "", *views, ""]
    return "\n".join(lines)


def photograph(browser, site):
    """Yield the name and the picture, as PNG, of each view of each kind."""
    for width, height in SIZES.items():
        for scheme in SCHEMES:
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
            page = context.new_page()
            for kind, (_title, path) in KINDS.items():
                answer = page.goto(site.url + path)
                assert answer.status == 200, f"{path} answered {answer.status}"
                yield name(kind, width, scheme), page.screenshot()
            context.close()


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    with site_of_its_own() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for file, png in photograph(browser, site):
            Image.open(io.BytesIO(png)).save(FOLDER / file, quality=QUALITY, method=6)
        browser.close()
    (FOLDER / "README.md").write_text(album())
    pictures = list(FOLDER.glob("*.webp"))
    print(f"{len(pictures)} pictures, {sum(file.stat().st_size for file in pictures) // 1024} KB, in {FOLDER.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
