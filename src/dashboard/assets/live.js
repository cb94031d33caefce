// The page follows what happens: events say that it is out of date, then it is fetched again, and its parts marked
// `data-live` take in what is new. At most once a second, and not while nobody looks.
import { patch } from "./patch.js";

const AT_MOST_EVERY = 1000;
// A page that takes long is fetched less often, so that looking costs little of what it looks at.
const RESTS = 10;
const TRY_AGAIN = 3000;

let address = document.body.dataset.events;
let source;
let timer;
let last = 0;
let took = 0;
let fetching = false;
let isOutOfDate = false;
let isLost = false;

export function follow() {
    if (!address) return;
    document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
    if (!document.hidden) listen();
}

function open() {
    listen();
    refresh();
}

// A browser opens few connections to one place: a page that nobody sees gives its own back.
function close() {
    source?.close();
    source = undefined;
    clearTimeout(timer);
    timer = undefined;
}

function listen() {
    if (source) return;
    // The first begins where the page was written; whoever comes back later has fetched it anew.
    source = new EventSource(address);
    address = address.split("?")[0];
    source.onopen = () => {
        if (isLost) refresh();
    };
    source.onerror = () => {
        lost(true);
        if (source?.readyState === EventSource.CLOSED) again();
    };
    for (const kind of ["campaign", "import", "attempt", "contact", "gap"]) {
        source.addEventListener(kind, outOfDate);
    }
    source.onmessage = outOfDate;
}

function again() {
    source?.close();
    source = undefined;
    setTimeout(() => {
        if (document.hidden) return;
        listen();
        refresh();
    }, TRY_AGAIN);
}

function outOfDate() {
    isOutOfDate = true;
    if (timer || fetching) return;
    const wait = Math.max(0, last + Math.max(AT_MOST_EVERY, RESTS * took) - Date.now());
    timer = setTimeout(refresh, wait);
}

export async function refresh() {
    clearTimeout(timer);
    timer = undefined;
    if (fetching) {
        isOutOfDate = true;
        return;
    }
    fetching = true;
    isOutOfDate = false;
    last = Date.now();
    try {
        await take(await fetch(location.href, { headers: { "X-Outdial-Live": "1" } }), true);
        lost(false);
    } catch {
        lost(true);
        setTimeout(() => document.hidden || outOfDate(), TRY_AGAIN);
    } finally {
        took = Date.now() - last;
        fetching = false;
        if (isOutOfDate) outOfDate();
    }
}

// Takes a page in. What leads elsewhere is gone to, as a browser would have.
export async function take(answer, isSamePage = false) {
    const landed = new URL(answer.url);
    if (!answer.ok && !isSamePage) return refused(await answer.text());
    if (landed.pathname !== location.pathname) {
        if (!isSamePage) location.assign(answer.url);
        else if (landed.pathname.endsWith("/sign-in")) location.assign(answer.url);
        return;
    }
    if (!answer.ok && isSamePage) throw new Error(`the page answered ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
        const fresh = page.getElementById(part.id);
        // What was told once stays until something else is told.
        if (!fresh || (isSamePage && part.id === "flash")) continue;
        patch(part, fresh);
    }
    document.dispatchEvent(new Event("outdial:fresh"));
}

// A page that only says why nothing was done: its words are shown on this one.
function refused(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const words = [...page.querySelectorAll("main h1, main .lead")].map((part) => part.textContent);
    tell(words.join(": ") || "That did not work.");
}

// Says on this page why something was not done.
export function tell(words) {
    const told = document.createElement("p");
    told.className = "flash refused";
    told.setAttribute("role", "alert");
    told.textContent = words;
    document.getElementById("flash")?.replaceChildren(told);
}

function lost(is) {
    isLost = is;
    const told = document.getElementById("connection");
    if (told) told.hidden = !is;
}
