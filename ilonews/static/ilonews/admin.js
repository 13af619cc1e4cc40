// Names for what Django's autocompletes and the text editor leave nameless (WCAG 4.1.2). Nothing here is needed to save.
"use strict";
{
  const $ = window.django?.jQuery;

  // The element that names a field: its label, or, in a table, the field itself with the name it was given.
  function naming(field) {
    const label = field.labels?.[0] ?? document.querySelector(`label[for="${field.id}"]`);
    if (label && !label.id) label.id = `${field.id}_label`;
    return label ?? field;
  }

  function nameOf(field) {
    return (field.getAttribute("aria-label") ?? naming(field).textContent).trim().replace(/:$/, "");
  }

  function nameAutocomplete(select) {
    const box = select.nextElementSibling?.querySelector("[role=combobox]");
    if (!box) return;
    const shown = box.querySelector(".select2-selection__rendered");
    shown.removeAttribute("role"); // a nameless "textbox" within the combobox
    shown.removeAttribute("aria-readonly");
    box.setAttribute("aria-labelledby", `${naming(select).id} ${shown.id}`.trim());
    box.querySelector("input")?.setAttribute("aria-label", nameOf(select));
  }

  if ($?.fn.djangoAdminSelect2) {
    const start = $.fn.djangoAdminSelect2;
    $.fn.djangoAdminSelect2 = function () {
      // "Clear all" would be a button in the middle of the list of the chosen; each can be removed on its own.
      this.filter("[multiple]").attr("data-allow-clear", "false");
      start.call(this);
      return this.each((_, select) => nameAutocomplete(select));
    };
    $(document).on("select2:open", (event) => {
      const input = document.querySelector(".select2-container--open .select2-dropdown input");
      input?.setAttribute("aria-label", nameOf(event.target));
    });
  }

  document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
    editor.view.dom.setAttribute("aria-label", nameOf(textarea));
  });
}
