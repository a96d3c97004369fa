"""Settings of the site, nothing else. `SITEURL`, `GONGKAI_DATA` and the repository come from the environment."""

from jinja2 import StrictUndefined

from pipeline import ROOT
from pipeline.edition import data_folder

SITENAME = "政府信息公开年报数据"
SITENAME_EN = "Open-government reports of China"
SITEURL = ""  # pages lead to one another by relative addresses; what needs the full one has it from the plugin
DEFAULT_LANG = "zh_cn"
TIMEZONE = "Asia/Shanghai"
LOCALE = ["C.UTF-8", "C"]  # not that of the machine: the same bytes everywhere

PATH = str(ROOT / "content")
OUTPUT_PATH = str(ROOT / "output")
DELETE_OUTPUT_DIRECTORY = False  # the package is already there
THEME = str(ROOT / "theme")
THEME_STATIC_PATHS = ["static"]
DATA = str(data_folder())

PLUGINS = ["pipeline.pages"]
# Names and texts of reports are untrusted, and Pelican escapes nothing unless told to.
JINJA_ENVIRONMENT = {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}

PAGE_PATHS = ["pages"]
PAGE_SAVE_AS = PAGE_LANG_SAVE_AS = ""  # the plugin writes them, like all others
DEFAULT_DATE_FORMAT = "%Y-%m-%d"

# Pelican's own articles, feeds and lists are not part of this site.
ARTICLE_PATHS: list[str] = []
STATIC_PATHS: list[str] = []
DIRECT_TEMPLATES: list[str] = []
AUTHOR_SAVE_AS = CATEGORY_SAVE_AS = TAG_SAVE_AS = DRAFT_SAVE_AS = DRAFT_PAGE_SAVE_AS = ""
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
CACHE_CONTENT = False
LOAD_CONTENT_CACHE = False
