"""The report as one HTML file: it needs no network, and what is long in it is unpacked on a click. Pure."""

from harness.report.page.model import Details, PlayTold
from harness.report.page.render import to_html

__all__ = ["Details", "PlayTold", "to_html"]
