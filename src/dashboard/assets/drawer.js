// A contact beside whatever leads to it: the page behind a link marked `data-drawer` is fetched, and its element
// `contact` shown in a dialog. The link itself works as any other: in another tab, or without script.
import { patch } from "./patch.js";

const PART = "contact";

let dialog;
let inside;
let address;

async function fetched() {
    const answer = await fetch(address, { headers: { "X-Outdial-Live": "1" } });
    if (!answer.ok) throw new Error(`the page answered ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.getElementById(PART);
    if (!part) throw new Error("there is no contact in that page");
    // It follows the drawer, not the page below.
    part.removeAttribute("data-live");
    return part;
}

function opened() {
    if (dialog) return dialog;
    dialog = document.createElement("dialog");
    dialog.className = "drawer";
    dialog.id = "drawer";
    dialog.setAttribute("aria-labelledby", `${PART}-title`);
    const closing = document.createElement("form");
    closing.method = "dialog";
    closing.className = "closing";
    const button = document.createElement("button");
    button.className = "quiet";
    button.id = "drawer-close";
    button.textContent = "Close";
    closing.append(button);
    const whole = document.createElement("a");
    whole.className = "whole";
    whole.textContent = "As a page of its own";
    closing.append(whole);
    inside = document.createElement("div");
    dialog.append(closing, inside);
    // A click beside it closes it; what is clicked in it has another target.
    dialog.addEventListener("click", (event) => {
        if (event.target === dialog) dialog.close();
    });
    document.body.append(dialog);
    return dialog;
}

async function open(event) {
    const link = event.target.closest?.("a[data-drawer]");
    const isPlain = !event.defaultPrevented && event.button === 0;
    if (!link || !isPlain || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    address = link.href;
    try {
        const part = await fetched();
        const drawer = opened();
        drawer.querySelector(".whole").href = address;
        inside.replaceChildren(document.importNode(part, true));
        if (!drawer.open) drawer.showModal();
        drawer.scrollTop = 0;
    } catch {
        location.assign(address);
    }
}

// What is new below may be new in it.
async function follow() {
    if (!dialog?.open) return;
    try {
        const part = await fetched();
        if (dialog.open && inside.firstElementChild) patch(inside.firstElementChild, part);
    } catch {
        // It stays as it is; the page says that the connection is lost.
    }
}

document.addEventListener("click", open);
document.addEventListener("outdial:fresh", follow);
