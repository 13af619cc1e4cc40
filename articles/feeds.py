"""What can be followed with a feed reader. A feed stands outside languages and sets no cookie."""

import re

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import Value
from django.http.request import split_domain_port
from django.urls import reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import linebreaks
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .models import Correction

#: What XML cannot hold. One control character pasted into a text would break the feed for everybody.
NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class CorrectionFeed(Feed):
    """The newest public corrections. An entry keeps its name (RFC 4151) when the address of its article changes."""

    NEWEST = 50
    feed_type = Atom1Feed
    language = settings.LANGUAGE_CODE
    link = reverse_lazy("articles:corrections")
    subtitle = _("What was changed in articles after their publication.")

    def title(self):
        return gettext("%(site)s: corrections") % {"site": settings.SITE_NAME}

    def author_name(self):
        return settings.SITE_NAME

    def get_object(self, request):
        """The host in whose name the entries are numbered."""
        return split_domain_port(request.get_host())[0]

    def items(self, host):
        corrections = Correction.objects.published().latest_first().select_related("article").defer("article__body")
        return corrections.annotate(host=Value(host))[: self.NEWEST]

    def item_guid(self, correction):
        return f"tag:{correction.host},{correction.made_at:%Y-%m-%d}:{correction.anchor}"

    def item_title(self, correction):
        return NOT_XML.sub("", str(correction))

    def item_description(self, correction):
        return NOT_XML.sub("", linebreaks(correction.text, autoescape=True))

    def item_categories(self, correction):
        return [correction.get_kind_display()]

    def item_pubdate(self, correction):
        return correction.made_at

    def item_updateddate(self, correction):
        return correction.made_at
