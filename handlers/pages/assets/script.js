// What pages can do beyond HTML. Without this script nothing is lost.
"use strict";

const $ = (selector, inside = document) => inside.querySelector(selector);
const $$ = (selector, inside = document) => [...inside.querySelectorAll(selector)];

// Times are shown in the reader's own time zone, and exactly on hover.

const zoned = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function localTimes(inside) {
  for (const time of $$("time[datetime]", inside)) {
    const moment = new Date(time.dateTime);
    if (isNaN(moment)) continue;
    time.title = time.dateTime;
    time.textContent = zoned.format(moment);
  }
}

// The counter counts code points, as the server does, and is told to screen
// readers only where the end comes near.

function count(area) {
  const most = Number(area.dataset.most);
  const counter = document.getElementById(area.id + "-counter");
  const left = most - [...area.value.replace(/\r\n?/g, "\n")].length;
  const number = (n) => n.toLocaleString();
  counter.textContent = left < 0 ? `${number(-left)} characters too many` : `${number(left)} of ${number(most)} characters left`;
  counter.classList.toggle("over", left < 0);
  counter.setAttribute("aria-live", left < most / 20 ? "polite" : "off");
}

// A form that changes something is sent once.

function sendOnce(event) {
  const form = event.target;
  if (form.method !== "post" || form.id === "trial") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  $("[type=submit]", form)?.setAttribute("aria-disabled", "true");
}

// A page that comes back from the browser's memory can send its forms again.
function sendAgain() {
  for (const form of $$("form[data-sent]")) {
    delete form.dataset.sent;
    $("[type=submit]", form)?.removeAttribute("aria-disabled");
  }
}

// Users are searched while one types: the same URL, the same page, of which the
// results are taken.

let typing, asking;

async function search(form) {
  const fields = [...new FormData(form)].filter(([, value]) => value !== "");
  const query = new URLSearchParams(fields).toString();
  const url = form.getAttribute("action") + (query && "?" + query);
  const results = $("#results");
  asking?.abort();
  asking = new AbortController();
  results.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" }, signal: asking.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = $("#results", page);
    if (!found) {
      location.assign(url);
      return;
    }
    results.replaceChildren(...found.childNodes);
    results.removeAttribute("aria-busy");
    localTimes(results);
    history.replaceState(null, "", url);
    tellFound();
  } catch (failure) {
    if (failure.name === "AbortError") return;
    results.removeAttribute("aria-busy");
    $("#found").textContent = "The search did not succeed.";
  }
}

function tellFound() {
  const rows = $$("#results tbody tr").length;
  const more = $("#results [rel=next]") ? " or more" : "";
  $("#found").textContent = rows ? `${rows}${more} found` : "Nobody is found";
}

function searchWhileTyping(form) {
  $("#q").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => search(form), 200);
  });
  form.addEventListener("change", (event) => {
    if (event.target.id !== "q") search(form);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typing);
    search(form);
  });
}

// Keys: the page at /keys tells them.

let going = false;

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, select, textarea")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const went = going;
  going = event.key === "g";
  if (went && event.key === "u") location.assign("/users");
  else if (event.key === "?") location.assign("/keys");
  else if (event.key === "/") focusSearch(event);
  else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
}

function focusSearch(event) {
  const field = $("#q");
  event.preventDefault();
  if (!field) {
    location.assign("/users");
    return;
  }
  field.focus();
  field.select();
}

// move puts the focus on the link of the next row, where Enter opens it.
function move(step) {
  const links = $$("#results tbody th a");
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
  links[next].focus();
}

// The command can be copied, with the address that this page was found at.

function addCopying(box) {
  const code = $("code", box);
  code.textContent = code.textContent.replace(/https?:\/\/[^/']+/, location.origin);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  box.append(button);
}

// A body is tried while one types: the same form, of whose answer the outcome is
// taken. It is in one field at a time, the one that was used last.

const bodies = ["body", "body_base64", "file"];

async function tryBody(form) {
  const outcome = $("#outcome");
  asking?.abort();
  asking = new AbortController();
  outcome.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.getAttribute("action"), {
      method: "POST", body: new FormData(form), headers: { Accept: "text/html" }, signal: asking.signal,
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const heading = $("h1", page);
    heading.remove();
    outcome.replaceChildren(...($("#outcome", page) ?? $(".problem", page)).childNodes);
    $("h1").textContent = $("#told").textContent = heading.textContent;
    document.title = page.title;
  } catch (failure) {
    if (failure.name === "AbortError") return;
    outcome.textContent = "The server did not answer.";
  }
  outcome.removeAttribute("aria-busy");
}

function emptyOthers(used) {
  if (!bodies.includes(used.name)) return;
  for (const name of bodies) if (name !== used.name) used.form.elements[name].value = "";
}

function tryWhileTyping(form) {
  form.addEventListener("input", (event) => {
    emptyOthers(event.target);
    clearTimeout(typing);
    typing = setTimeout(() => tryBody(form), 300);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typing);
    tryBody(form);
  });
  const area = $("#body");
  area.addEventListener("dragover", (event) => event.preventDefault());
  area.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    const file = $("#file");
    file.files = event.dataTransfer.files;
    file.closest("details").open = true;
    emptyOthers(file);
    tryBody(form);
  });
  if ($("#outcome .empty") && bodies.some((name) => form.elements[name].value)) tryBody(form);
}

// What went wrong is read first: the first field at fault, else the problem.
function focusFault() {
  ($(".faulty input, .faulty select, .faulty textarea") ?? $(".problem"))?.focus();
}

localTimes(document);
for (const area of $$("textarea[data-most]")) {
  area.addEventListener("input", () => count(area));
  count(area);
}
for (const form of $$("form[role=search]")) if ($("#results")) searchWhileTyping(form);
for (const box of $$(".command")) if (navigator.clipboard) addCopying(box);
if ($("#trial")) tryWhileTyping($("#trial"));
document.addEventListener("submit", sendOnce);
document.addEventListener("keydown", press);
addEventListener("pageshow", sendAgain);
focusFault();
