// What is pasted into the text editor, made clean before the editor takes it: Word's lists become lists, every heading one
// of our two, a table a paragraph for each row. Here and not on the server, because the editor forgets what it does not know.

const HEADINGS = { H1: "h2", H4: "h3", H5: "h3", H6: "h3" };
const BLOCKS = "address,article,aside,blockquote,div,dl,dt,dd,fieldset,figure,footer,form,h1,h2,h3,h4,h5,h6,header,hr,li,main,nav,ol,p,pre,section,table,ul";
const NO_TEXT = "script,style,meta,link,title,template,noscript,iframe,object,embed,svg,math,img,picture,video,audio,canvas,xml";

const style = (element, name) => new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;]*)`, "i").exec(element.dataset.style ?? "")?.[1].trim();

function renamed(element, name) {
  const other = element.ownerDocument.createElement(name);
  other.append(...element.childNodes);
  element.replaceWith(other);
  return other;
}

// --- Word's lists: paragraphs that say in their style of which list and which level they are, with their mark as text ---

const levelOf = (paragraph) => Number(/\bl\d+\s+level(\d+)/.exec(style(paragraph, "mso-list") ?? "")?.[1] ?? 0);
const listOf = (paragraph) => /\bl(\d+)/.exec(style(paragraph, "mso-list") ?? "")?.[1];

// The mark of a paragraph of a list ("·", "1.", "(a)"), taken out of it.
function takeMark(paragraph) {
  const marks = [...paragraph.querySelectorAll("span")].filter((span) => /ignore/i.test(style(span, "mso-list") ?? ""));
  const mark = marks.map((span) => span.textContent).join("");
  for (const each of marks) each.remove();
  return mark.replace(/[\s\u00a0]+/g, "");
}

function makeLists(body) {
  let open = []; // the lists within which we are, the innermost last
  let last = null;
  for (const paragraph of [...body.querySelectorAll("p, h1, h2, h3, h4, h5, h6, li")]) {
    const level = paragraph.localName === "p" ? levelOf(paragraph) : 0;
    if (!level) continue;
    if (previousBlock(paragraph) !== last || (open[0] && open[0].number !== listOf(paragraph))) open = [];
    const mark = takeMark(paragraph);
    const number = /^\(?(\d+|[a-z]|[ivxlc]+)[.)]$/i.exec(mark)?.[1];
    const name = number ? "ol" : "ul";
    while (open.length && open.at(-1).level > level) open.pop();
    if (open.at(-1)?.level === level && open.at(-1).list.localName !== name && open.length > 1) open.pop();
    if (!open.length || open.at(-1).level < level) {
      const list = body.ownerDocument.createElement(name);
      if (/^\d+$/.test(number ?? "") && Number(number) > 1) list.setAttribute("start", number);
      if (open.length) open.at(-1).list.lastElementChild.append(list);
      else paragraph.before(list);
      open.push({ list, level, number: listOf(paragraph) });
    }
    const item = body.ownerDocument.createElement("li");
    open.at(-1).list.append(item);
    paragraph.removeAttribute("data-style");
    item.append(paragraph);
    last = open[0].list;
  }
}

function previousBlock(element) {
  let before = element.previousSibling;
  while (before && before.nodeType !== Node.ELEMENT_NODE && !before.textContent.trim()) before = before.previousSibling;
  return before;
}

// --- Tables: a paragraph for each row, its cells apart ---

function flattenTables(body) {
  for (let table; (table = [...body.querySelectorAll("table")].find((each) => !each.querySelector("table"))); ) {
    const rows = [...table.querySelectorAll("caption, tr")].flatMap((row) => {
      const cells = row.localName === "caption" ? [row] : [...row.children];
      if (cells.some((cell) => cell.querySelector("ul, ol, h1, h2, h3, h4, h5, h6, blockquote"))) {
        return cells.flatMap((cell) => [...wrapped(cell)]); // a table for the sake of layout
      }
      const paragraph = body.ownerDocument.createElement("p");
      for (const cell of cells.filter((each) => each.textContent.trim())) {
        if (paragraph.firstChild) paragraph.append(" | ");
        for (const [place, block] of [...cell.querySelectorAll("p, div")].entries()) if (place) block.before(" ");
        for (const block of [...cell.querySelectorAll("p, div")]) block.replaceWith(...block.childNodes);
        paragraph.append(...cell.childNodes);
      }
      return [paragraph];
    });
    table.replaceWith(...rows);
  }
}

// The children of an element, those that stand loose among blocks gathered into paragraphs.
function wrapped(element) {
  let paragraph = null;
  for (const child of [...element.childNodes]) {
    const isBlock = child.nodeType === Node.ELEMENT_NODE && (child.matches(BLOCKS) || child.querySelector(BLOCKS));
    if (isBlock || (!paragraph && !child.textContent.trim())) {
      paragraph = null;
    } else {
      if (!paragraph) child.before((paragraph = element.ownerDocument.createElement("p")));
      paragraph.append(child);
    }
  }
  return element.childNodes;
}

// --- All of it ---

function keepWeight(body) {
  for (const b of body.querySelectorAll("b, strong")) {
    if (/^(normal|[1-4]00)$/.test(style(b, "font-weight") ?? "")) b.replaceWith(...b.childNodes); // the wrapper of Google Docs
  }
  for (const i of body.querySelectorAll("i, em")) if (style(i, "font-style") === "normal") i.replaceWith(...i.childNodes);
  for (const span of body.querySelectorAll("span, font")) {
    if (span.querySelector(BLOCKS) || span.closest("h1, h2, h3, h4, h5, h6")) continue;
    if (/^(bold|bolder|[6-9]00)$/.test(style(span, "font-weight") ?? "")) wrap(span, "strong");
    if (/^(italic|oblique)/.test(style(span, "font-style") ?? "")) wrap(span, "em");
  }
}

function wrap(element, name) {
  const inner = element.ownerDocument.createElement(name);
  inner.append(...element.childNodes);
  element.append(inner);
}

// A no-break blank that stands beside another blank, or makes a text of nothing else, is only layout.
function plainBlanks(body) {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    text.data = text.data.replace(/[\u00a0 \t\r\n]*(?:\u00a0[ \t\r\n\u00a0]+|[ \t\r\n]+\u00a0)[\u00a0 \t\r\n]*/g, " ").replace(/^\u00a0|\u00a0$/g, " ");
  }
}

// The policy of the page complains of styles and handlers even in a document that is only read: they get other names first.
const disarmed = (html) =>
  html
    .replace(/<style[\s>][^]*?<\/style>/gi, "")
    .replace(/<!\[(?:if|endif)[^\]]*\]>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/([\s"'])(style|on\w+)\s*=/gi, "$1 data-$2="));

export function clean(html) {
  const body = new DOMParser().parseFromString(disarmed(html), "text/html").body;
  const comments = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  for (const each of [...iterate(comments)]) each.remove();
  for (const each of [...body.querySelectorAll(NO_TEXT)]) each.remove();
  for (const each of [...body.querySelectorAll("*")].filter((one) => one.localName.includes(":"))) each.replaceWith(...each.childNodes);
  keepWeight(body);
  makeLists(body);
  for (const list of [...body.querySelectorAll("ul > ul, ul > ol, ol > ul, ol > ol")]) list.previousElementSibling?.append(list);
  flattenTables(body);
  for (const each of [...body.querySelectorAll(Object.keys(HEADINGS).join())]) renamed(each, HEADINGS[each.tagName]);
  for (const each of [...body.querySelectorAll("div, section, article, main, header, footer, aside, nav, figure, form, dl")]) {
    if (each.querySelector(BLOCKS)) each.replaceWith(...wrapped(each));
    else renamed(each, "p");
  }
  for (const each of [...body.querySelectorAll("a:not([href]), a[href^='#']")]) each.replaceWith(...each.childNodes);
  if (body.querySelector(BLOCKS)) {
    wrapped(body); // what stands between them
    for (const each of [...body.children]) if (each.localName === "br") each.remove();
  }
  plainBlanks(body);
  for (const each of [...body.querySelectorAll("p, h2, h3, li, blockquote")].reverse()) if (!each.textContent.trim()) each.remove();
  for (const each of body.querySelectorAll("*")) {
    for (const { name } of [...each.attributes]) {
      if (name !== "href" && name !== "data-pm-slice" && !(name === "start" && each.localName === "ol")) each.removeAttribute(name);
    }
  }
  return body.innerHTML;
}

function* iterate(walker) {
  while (walker.nextNode()) yield walker.currentNode;
}

const hook = (editor) => editor?.view.setProps({ transformPastedHTML: clean });

for (const dom of document.querySelectorAll(".ProseMirror")) hook(dom.editor); // those that were quicker
document.addEventListener("prose-editor:ready", ({ detail }) => hook(detail.editor));
