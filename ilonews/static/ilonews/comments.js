// Comments below a form: sent without leaving it, so that what was typed there and not saved stays; and the words they are about.
"use strict";
{
  const AROUND = 30; // characters before and after the chosen words; the server takes the final ones from what was saved
  const editors = new Map(); // the box of an editor of rich text -> the editor and the field that it fills

  document.addEventListener("prose-editor:ready", ({ detail }) => editors.set(detail.editor.view.dom, detail));

  const section = () => document.getElementById("comments");
  const form = () => section().querySelector(".comment-form");
  const button = document.getElementById("comment-selection");
  let chosen = null;

  // --- The chosen words ---

  function quote(name, text, start, end) {
    const field = name.split("-")[0]; // the rows of a part are called "citations-0-words"
    const exact = text.slice(start, end);
    const isPlace = [...form().elements.field.options].some((option) => option.value && option.value === field);
    if (!isPlace || !exact.trim()) return null;
    return { field, exact, prefix: text.slice(Math.max(0, start - AROUND), start), suffix: text.slice(end, end + AROUND) };
  }

  function inEditor() {
    const dom = document.getSelection().anchorNode?.parentElement?.closest(".ProseMirror");
    if (!editors.has(dom)) return null;
    const { editor, textarea } = editors.get(dom);
    const { doc, selection } = editor.state;
    const before = doc.textBetween(0, selection.from, "\n", "\n");
    const exact = doc.textBetween(selection.from, selection.to, "\n", "\n");
    const after = doc.textBetween(selection.to, doc.content.size, "\n", "\n");
    return quote(textarea.name, before + exact + after, before.length, before.length + exact.length);
  }

  function inField(field) {
    const holdsText = field?.matches?.("textarea, input[type=text]") && !section().contains(field);
    return holdsText ? quote(field.name, field.value, field.selectionStart, field.selectionEnd) : null;
  }

  function look() {
    const active = document.activeElement;
    if (!form() || active === button || section().contains(active)) return;
    chosen = inField(active) ?? inEditor();
    button.hidden = !chosen;
  }

  document.addEventListener("selectionchange", () => setTimeout(look)); // the editor learns of it after this script

  button.addEventListener("mousedown", (event) => event.preventDefault()); // the words stay chosen
  button.addEventListener("click", () => {
    look(); // the last step of a selection may be younger than the last look
    if (!chosen) return;
    const { field, exact, prefix, suffix, text } = form().elements;
    [field.value, exact.value, prefix.value, suffix.value] = [chosen.field, chosen.exact, chosen.prefix, chosen.suffix];
    button.hidden = true;
    text.focus();
    text.scrollIntoView({ block: "center" });
  });

  // Ctrl+Alt+M, as word processors have it.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.altKey && event.code === "KeyM" && !button.hidden) button.click();
  });

  // --- From a comment to its field ---

  function show(event) {
    const link = event.target.closest(".head a[href^='#']");
    if (!link) return;
    const name = link.hash.slice(1);
    const field = document.getElementById(name) ?? document.querySelector(`.field-${CSS.escape(name.replace(/^id_/, ""))}`);
    const box = [...editors].find(([, { textarea }]) => textarea === field)?.[0] ?? field;
    if (!box) return;
    event.preventDefault();
    box.scrollIntoView({ block: "center" });
    box.focus({ preventScroll: true });
  }

  // --- Sent ---

  function say(sentence) {
    section().querySelector(".comments-said").textContent = sentence;
  }

  async function send(event) {
    const sent = event.target;
    event.preventDefault();
    if (sent.dataset.sending) return;
    sent.dataset.sending = "yes";
    try {
      const response = await fetch(sent.action, { method: "POST", body: new FormData(sent) });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById("comments");
      if (!fresh) throw new Error("This is not the page of the comments.");
      for (const link of fresh.querySelectorAll(".head a")) link.setAttribute("href", link.hash); // the form is here
      section().replaceWith(document.adoptNode(fresh));
      watch();
      say([...page.querySelectorAll(".messagelist li")].map((message) => message.textContent.trim()).join(" "));
      const wrong = section().querySelector(".errors textarea, .errors select");
      (wrong ?? section().querySelector("h2")).focus();
    } catch {
      delete sent.dataset.sending;
      say(section().dataset.failed);
      section().querySelector(".comments-said").scrollIntoView({ block: "center" });
    }
  }

  // Whoever edits the words by hand means those, wherever they stand.
  function forget(event) {
    if (event.target.name === "exact") form().elements.prefix.value = form().elements.suffix.value = "";
  }

  function watch() {
    section().querySelector("h2").tabIndex = -1;
    section().querySelector(".without-script")?.remove();
    section().addEventListener("submit", send);
    section().addEventListener("click", show);
    section().addEventListener("input", forget);
  }
  watch();
}
