"""What programs put on the clipboard, and the text it should become."""

WORD_HEAD = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40"><head>
<meta http-equiv=Content-Type content="text/html; charset=utf-8"><meta name=Generator content="Microsoft Word 15">
<!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/></o:OfficeDocumentSettings></xml><![endif]-->
<style><!-- p.MsoNormal {margin:0cm; font-family:"Calibri",sans-serif;} @list l0 {mso-list-id:1;} --></style></head>
<body lang=EN-GB style='tab-interval:36.0pt'><!--StartFragment-->"""
WORD_END = "<!--EndFragment--></body></html>"


def word(html):
    return f"{WORD_HEAD}{html}{WORD_END}"


def word_item(text, mark="·", level=1, number=0):
    """A paragraph as Word writes an item of a list: its mark is text, its list a style."""
    return (
        f"<p class=MsoListParagraphCxSpMiddle style='margin-left:{36 * level}pt;text-indent:-18.0pt;"
        f"mso-list:l{number} level{level} lfo1'><![if !supportLists]><span lang=EN-GB style='font-family:Symbol;"
        f"mso-fareast-font-family:Symbol'><span style='mso-list:Ignore'>{mark}<span style='font:7.0pt \"Times New Roman\"'>"
        f"&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; </span></span></span><![endif]><span lang=EN-GB>{text}<o:p></o:p></span></p>\n"
    )


#: name: (what is on the clipboard, what the editor then holds)
SAMPLES = {
    "Word: paragraphs": (
        word(
            "<p class=MsoNormal><b style='mso-bidi-font-weight:normal'>"
            "<span lang=EN-GB style='font-size:12.0pt'>Miners</span></b>"
            "<span style='color:red'> are <i>safer</i><o:p></o:p></span></p>\n<p class=MsoNormal><o:p>&nbsp;</o:p></p>\n"
            '<p class=MsoNormal>In <st1:country-region w:st="on"><st1:place>Kazakhstan</st1:place></st1:country-region>,\n'
            "the law&nbsp; changed.<font face=Arial> Today</font></p>"
        ),
        "<p><strong>Miners</strong> are <em>safer</em></p><p>In Kazakhstan, the law changed. Today</p>",
    ),
    "Word: headings": (
        word(
            "<h1><span>One<o:p></o:p></span></h1><h2>Two</h2><h3>Three</h3><h4>Four</h4><h6>Six</h6><p class=MsoNormal>Text</p>"
        ),
        "<h2>One</h2><h2>Two</h2><h3>Three</h3><h3>Four</h3><h3>Six</h3><p>Text</p>",
    ),
    "Word: a list": (
        word("<p class=MsoNormal>Before</p>" + word_item("One") + word_item("Two") + "<p class=MsoNormal>After</p>"),
        "<p>Before</p><ul><li><p>One</p></li><li><p>Two</p></li></ul><p>After</p>",
    ),
    "Word: a list, as another browser has it": (
        word(word_item("One") + word_item("Two")).replace("<![if !supportLists]>", "<!--[if !supportLists]-->"),
        "<ul><li><p>One</p></li><li><p>Two</p></li></ul>",
    ),
    "Word: a list within a list": (
        word(word_item("One") + word_item("Inner", "o", 2) + word_item("Inner too", "o", 2) + word_item("Two")),
        "<ul><li><p>One</p><ul><li><p>Inner</p></li><li><p>Inner too</p></li></ul></li><li><p>Two</p></li></ul>",
    ),
    "Word: a numbered list": (
        word(word_item("One", "1.") + word_item("Letter", "a)", 2) + word_item("Two", "2.")),
        "<ol><li><p>One</p><ol><li><p>Letter</p></li></ol></li><li><p>Two</p></li></ol>",
    ),
    "Word: a numbered list goes on": (
        word(word_item("One", "1.") + "<p class=MsoNormal>Between</p>" + word_item("Two", "2.")),
        '<ol><li><p>One</p></li></ol><p>Between</p><ol start="2"><li><p>Two</p></li></ol>',
    ),
    "Word: two lists": (
        word(word_item("One", "1.") + word_item("Dot", "·", 1, 3)),
        "<ol><li><p>One</p></li></ol><ul><li><p>Dot</p></li></ul>",
    ),
    "Word: a table": (
        word(
            "<table class=MsoTableGrid border=1><tr><td width=200><p class=MsoNormal>State<o:p>"
            "</o:p></p></td><td><p class=MsoNormal>"
            "Year</p></td></tr><tr><td><p class=MsoNormal>Kazakhstan</p><p class=MsoNormal>"
            "(Astana)</p></td><td><p class=MsoNormal>"
            "<b>2000</b></p></td></tr><tr><td><p><o:p>&nbsp;</o:p></p></td><td></td></tr></table><p class=MsoNormal>After</p>"
        ),
        "<p>State | Year</p><p>Kazakhstan (Astana) | <strong>2000</strong></p><p>After</p>",
    ),
    "Word: notes and marks": (
        word(
            '<p class=MsoNormal>Text<a style=\'mso-footnote-id:ftn1\' href="#_ftn1" name="_ftnref1"><span class='
            'MsoFootnoteReference>[1]</span></a> with <ins cite="mailto:a" datetime="2024">an insertion</ins> and'
            "<span style='mso-spacerun:yes'>&nbsp; </span>a <u>line</u>, H<sub>2</sub>O</p>"
        ),
        "<p>Text[1] with an insertion and a line, H2O</p>",
    ),
    "Google Docs": (
        '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1234">'
        '<h1 dir="ltr" style="line-height:1.38;">'
        '<span style="font-size:20pt;font-weight:400;">Head</span></h1><p dir="ltr"><span style="font-weight:700;">Bold</span>'
        '<span style="font-weight:400;font-style:italic;"> slant</span><span style="font-weight:400;"> plain </span>'
        '<a href="https://example.org/?utm_source=x&amp;a=1"><span style="text-decoration:underline;">link</span></a></p><br />'
        '<ul style="margin-top:0;"><li dir="ltr" aria-level="1"><p dir="ltr" role="presentation"><span>One</span></p></li>'
        '<ul><li dir="ltr" aria-level="2"><p dir="ltr" role="presentation"><span>Inner</span></p></li></ul></ul></b>',
        "<h2>Head</h2><p><strong>Bold</strong><em> slant</em> plain "
        '<a href="https://example.org/?utm_source=x&amp;a=1">link</a></p><ul><li><p>One</p><ul><li>'
        "<p>Inner</p></li></ul></li></ul>",
    ),
    "LibreOffice": (
        '<html><head><meta name="generator" content="LibreOffice 7.4"/><style type="text/css">'
        "p { line-height: 115% }</style></head>"
        '<body lang="en-GB"><h1 class="western">Head</h1><p style="line-height: 100%"><font face="Liberation Serif, serif">'
        '<font size="3"><b>Bold</b> text</font></font></p><p><br/>\n<br/>\n</p><ul>\n\t<li><p>One</p>\n\t<li><p>Two</p>\n</ul>'
        '<ol start="3"><li><p>Three</p></ol><p align="justify">End&nbsp;of&nbsp;10&nbsp;km</p></body></html>',
        "<h2>Head</h2><p><strong>Bold</strong> text</p><ul><li><p>One</p></li><li><p>Two</p></li></ul>"
        '<ol start="3"><li><p>Three</p></li></ol><p>End&nbsp;of&nbsp;10&nbsp;km</p>',
    ),
    "a web page": (
        '<script>alert(1)</script><style>p{}</style><div class="a"><header><h4>Small head</h4>'
        "</header><div>Loose words <b>here</b>"
        '<p>Paragraph <img src="x" onerror="alert(1)"> with <a href="javascript:alert(1)" onclick="x()">bad</a> and '
        '<a href="/rel">near</a></p>tail</div><ul><li>One<ol><li>Inner</li></ol></li></ul><pre>code here</pre>'
        "<blockquote><p>Quoted</p></blockquote><hr><dl><dt>Term</dt><dd>Meaning</dd></dl></div>",
        '<h3>Small head</h3><p>Loose words <strong>here</strong></p><p>Paragraph with bad and <a href="/rel">near</a></p>'
        "<p>tail</p><ul><li><p>One</p><ol><li><p>Inner</p></li></ol></li></ul><p>code here</p>"
        "<blockquote><p>Quoted</p></blockquote><p>Term</p><p>Meaning</p>",
    ),
    "a table for layout": (
        "<table><tr><td><h2>Head</h2><p>One</p></td><td><ul><li>Item</li></ul></td></tr><tr><td><table><tr><td>A</td><th>B</th>"
        "</tr></table></td></tr></table>",
        "<h2>Head</h2><p>One</p><ul><li><p>Item</p></li></ul><p>A | B</p>",
    ),
    "words alone": ("Only <i>words</i>", "<p>Only <em>words</em></p>"),
    "our own editor": (
        '<h2 data-pm-slice="0 0 []">Head</h2><p>Text <strong>bold</strong><br>line</p><ol start="4"><li><p>Four</p></li></ol>',
        '<h2>Head</h2><p>Text <strong>bold</strong><br>line</p><ol start="4"><li><p>Four</p></li></ol>',
    ),
}
