"""Other people's programs that tests count on are really there and answer.

Without these, a whole class of tests would rest on programs that were never tried on this machine.
"""

import subprocess

import pytest
import redis
import sqlalchemy
from playwright.sync_api import sync_playwright


@pytest.mark.postgres
def test_postgres_keeps_chinese_text(postgres_url: str) -> None:
    engine = sqlalchemy.create_engine(postgres_url)
    with engine.begin() as connection:
        assert connection.scalar(sqlalchemy.text("SELECT '政务' || '大厅'")) == "政务大厅"
    engine.dispose()


def test_redis_answers(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.ping()


def test_node_is_new_enough_for_the_pages(node: str) -> None:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    assert tuple(map(int, done.stdout.strip("v\n").split("."))) >= (22, 12)


@pytest.mark.browser
def test_browser_has_glyphs_for_chinese(chromium: str) -> None:
    """Without a Chinese font every character is the same empty box, hence of the same picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        pictures = []
        for character in "临沧":
            page.set_content(f'<p lang="zh-CN">{character}</p>')
            pictures.append(page.locator("p").screenshot())
        browser.close()
    assert pictures[0] != pictures[1]
