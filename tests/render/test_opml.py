from lxml import etree

from feedsvc.render.opml import Outline, render_opml


def test_an_outline_lists_every_channel_in_order():
    channels = [
        Outline("R&D <b>", "What \x00is “new”", "https://a.example/x/", "https://a.example/x/rss.xml"),
        Outline("", "", "https://a.example/y/", "https://a.example/y/rss.xml"),
    ]
    root = etree.fromstring(render_opml("All & sundry", channels))
    assert (root.tag, root.get("version"), root.findtext("head/title")) == ("opml", "2.0", "All & sundry")
    assert [dict(outline.attrib) for outline in root.find("body")] == [
        {
            "type": "rss",
            "text": "R&D <b>",
            "title": "R&D <b>",
            "description": "What is “new”",
            "htmlUrl": "https://a.example/x/",
            "xmlUrl": "https://a.example/x/rss.xml",
        },
        {
            "type": "rss",
            "text": "https://a.example/y/rss.xml",
            "title": "https://a.example/y/rss.xml",
            "description": "",
            "htmlUrl": "https://a.example/y/",
            "xmlUrl": "https://a.example/y/rss.xml",
        },
    ]


def test_an_outline_of_nothing_is_an_empty_body():
    assert len(etree.fromstring(render_opml("All", [])).find("body")) == 0


def test_channels_of_a_group_stand_together_where_its_first_one_does():
    def outline(title, group):
        return Outline(title, "", f"https://a.example/{title}/", f"https://a.example/{title}/rss.xml", group)

    channels = [outline("a", ""), outline("b", "Sport & <play>"), outline("c", ""), outline("d", " Sport & <play>\x00")]
    body = etree.fromstring(render_opml("All", [*channels, outline("e", "World")])).find("body")
    assert [child.get("text") for child in body] == ["a", "Sport & <play>", "c", "World"]
    assert dict(body[1].attrib) == {"text": "Sport & <play>", "title": "Sport & <play>"}
    assert [child.get("text") for child in body[1]] == ["b", "d"]
    assert [child.get("xmlUrl") for child in body.iter("outline") if child.get("type")] == [
        f"https://a.example/{title}/rss.xml" for title in "abdce"
    ]
