// Keeps what was typed into a form and not saved: on the server while it can be reached, else in this browser.
"use strict";
{
  const PAUSE = 2000; // ms between two looks at the form; what has not changed since the last look is sent
  const LONGEST_WAIT = 60000; // ms between two attempts while the server cannot be reached
  const KEEPALIVE = 60000; // bytes that a browser still sends when its page is gone: 64 kB, less the head

  const status = document.getElementById("unsaved-status");
  const form = status.closest("form");
  const { address, user, record } = status.dataset;
  const key = form.elements.unsaved_key.value;
  status.replaceChildren(); // a blank would be shown as a box
  const shelf = `ilonews-unsaved:${user}:${address}:${record}:`;

  // The form as it would be sent. Files stay where they are, and passwords are never kept.
  function read() {
    const hidden = new Set([...form.querySelectorAll("[type=password], [name=csrfmiddlewaretoken]")].map((field) => field.name));
    return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !hidden.has(name));
  }

  let kept = JSON.stringify(read()); // what the server has, or what the form was when it came
  let seen = kept;
  let wait = 0; // after a failure
  let next = 0; // the time of the next attempt
  let sending = null;
  let clock = 0; // ms of the last text sent; the server keeps the later of two
  let leaving = false;

  // --- What is said ---

  function say(sentence, link) {
    if (status.firstChild?.textContent === sentence) return; // nobody wants to hear it again
    status.replaceChildren(sentence);
    if (link) status.append(" ", link);
  }

  function loginLink() {
    const link = document.createElement("a");
    Object.assign(link, { href: status.dataset.login, target: "_blank", textContent: status.dataset.signIn });
    return link;
  }

  // --- In this browser ---

  function shelve(text, written) {
    try {
      localStorage.setItem(shelf + key, JSON.stringify({ text, written }));
      return true;
    } catch {
      return false; // full, or forbidden
    }
  }

  function unshelve(name, text) {
    try {
      if (text === undefined || JSON.parse(localStorage.getItem(name))?.text === text) localStorage.removeItem(name);
    } catch {
      // forbidden: there is nothing
    }
  }

  // --- On the server ---

  const cookie = () => document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? form.elements.csrfmiddlewaretoken.value;

  const now = () => (clock = Math.max(Date.now(), clock + 1));

  // One attempt. The outcome is "kept", "signedOut", "offline", "broken", or "refused" with the server's sentence.
  async function post(ofKey, text, written, isLast = false) {
    const body = `{"key":${JSON.stringify(ofKey)},"user":${user},"record":${record || null},"written":${written},"fields":${text}}`;
    const headers = { "Content-Type": "application/json", "X-CSRFToken": cookie() };
    const keepalive = isLast && new Blob([body]).size < KEEPALIVE;
    let response, answer;
    try {
      response = await fetch(address, { method: "POST", headers, body, keepalive, redirect: "manual" });
      answer = await response.json().catch(() => null);
    } catch {
      return { outcome: "offline" };
    }
    if (response.ok && answer) return { outcome: "kept", ...answer };
    if (response.status === 401 || response.type === "opaqueredirect" || (response.status === 403 && !answer)) {
      return { outcome: "signedOut" };
    }
    if (answer) return { outcome: "refused", ...answer };
    return { outcome: [502, 503, 504].includes(response.status) ? "offline" : "broken" };
  }

  async function send(text) {
    const written = now();
    const isShelved = shelve(text, written);
    const { outcome, at, held, sentence } = await post(key, text, written);
    if (outcome === "kept" && held > written) {
      clock = held; // put back from a computer whose clock is ahead of this one
      return send(JSON.stringify(read()));
    }
    if (outcome === "kept") {
      kept = text;
      wait = next = 0;
      unshelve(shelf + key, text);
      say(status.dataset.kept.replace("%s", at));
      return outcome;
    }
    wait = Math.min(Math.max(wait * 2, PAUSE), LONGEST_WAIT);
    next = Date.now() + wait;
    if (outcome === "refused") say(sentence);
    else if (!isShelved) say(status.dataset.nowhere);
    else say(status.dataset[outcome], outcome === "signedOut" && loginLink());
    return outcome;
  }

  // Send what is not kept yet; one attempt at a time, so that an older text never comes after a newer one.
  async function keep() {
    await sending;
    const text = JSON.stringify(read());
    if (text === kept) return "kept";
    sending = send(text);
    try {
      return await sending;
    } finally {
      sending = null;
    }
  }

  // Looking is cheaper than listening: widgets change their fields in ways that no event tells.
  setInterval(() => {
    const text = JSON.stringify(read());
    const isStill = text === seen;
    seen = text;
    if (isStill && text !== kept && !sending && !leaving && Date.now() >= next) keep();
  }, PAUSE);

  const soon = () => {
    next = 0;
    if (wait && !sending && !leaving) keep();
  };
  window.addEventListener("online", soon);
  window.addEventListener("focus", soon);

  function leave() {
    const text = JSON.stringify(read());
    if (leaving || text === kept) return;
    const written = now();
    shelve(text, written); // the attempt may not come to its end
    post(key, text, written, true).then(({ outcome, held }) => {
      if (outcome !== "kept" || held !== written) return;
      kept = text;
      unshelve(shelf + key, text);
    });
  }
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
  window.addEventListener("pageshow", () => (leaving = false));

  // --- Saving: only when the server can be reached and knows who asks. Otherwise the answer would take the place of the text. ---

  let isAsking = false;
  form.addEventListener("submit", async (event) => {
    if (leaving) return;
    event.preventDefault();
    if (isAsking) return;
    isAsking = true;
    await sending;
    const outcome = await send(JSON.stringify(read()));
    isAsking = false;
    if (outcome === "offline" || outcome === "signedOut") {
      status.scrollIntoView({ block: "nearest" });
      return;
    }
    form.elements.csrfmiddlewaretoken.value = cookie(); // another after a new login
    leaving = true;
    form.requestSubmit(event.submitter);
  });
  for (const discarding of document.querySelectorAll(".unsaved form")) {
    discarding.addEventListener("submit", () => (leaving = true));
  }

  // --- What an earlier window of this form left in this browser goes to the server, which then offers it. ---

  async function bringBack() {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(shelf));
    let isOffered = false;
    for (const name of names) {
      const { text, written } = JSON.parse(localStorage.getItem(name));
      const { outcome } = await post(name.slice(shelf.length), text, written);
      if (outcome !== "kept") continue;
      unshelve(name, text);
      isOffered = true;
    }
    if (!isOffered) return;
    if (status.dataset.refused || JSON.stringify(read()) !== kept) say(status.dataset.back);
    else location.reload();
  }
  bringBack().catch(() => {}); // no storage here, or nothing that can be read
}
