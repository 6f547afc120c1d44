// What pages gain from a script: a button that copies an address, and ages in place of times.
// Without it, or when any of it fails, they keep the address to copy by hand and the time as it was.

"use strict";

for (const button of document.querySelectorAll("button[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  const told = document.getElementById(button.dataset.tells);
  let forget;
  button.hidden = false;
  button.addEventListener("click", async () => {
    told.textContent = ""; // what is told twice is heard twice
    const copied = await copy(field);
    told.textContent = copied ? "Copied." : "Not copied: please copy the marked address by hand.";
    clearTimeout(forget);
    forget = setTimeout(() => { told.textContent = ""; }, 10000);
  });
}

async function copy(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return document.execCommand("copy"); // where there is no clipboard: pages over plain http
  }
}

const STEPS = [["year", 31557600], ["month", 2629800], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]];

function age(at) {
  const seconds = (at - Date.now()) / 1000;
  const step = STEPS.find(([, length]) => Math.abs(seconds) >= length);
  if (!step) return "a moment ago";
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
  return format.format(Math.trunc(seconds / step[1]), step[0]);
}

function tellAges() {
  for (const time of document.querySelectorAll("time[data-age]")) {
    time.title = time.title || time.textContent;
    time.textContent = age(Date.parse(time.dateTime));
  }
}

tellAges();
setInterval(tellAges, 60000);
