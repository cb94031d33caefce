// What a page gains from script: it follows what happens, and does small things without being loaded anew.
// Without it every page and every form works as well.
import "./drawer.js";
import { follow, refresh, take, tell } from "./live.js";

// Times are shown in the viewer's zone, which only the browser knows.
function tellZone() {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const told = `outdial_zone=${zone}`;
    if (!zone || document.cookie.split("; ").includes(told)) return false;
    document.cookie = `${told}; Path=/dashboard; Max-Age=31536000; SameSite=Strict`;
    return document.cookie.split("; ").includes(told);
}

// A form that changes something small is sent in the background, and the page takes in what is new.
async function sendInPlace(event) {
    const form = event.target.closest("form[data-inline]");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    const fields = new URLSearchParams(new FormData(form, event.submitter));
    const button = event.submitter;
    button?.setAttribute("aria-disabled", "true");
    try {
        const answer = await fetch(form.action, { method: "POST", body: fields });
        await take(answer);
        // The button that was pressed may have gone; what came of it is told first of all.
        if (document.activeElement === document.body) document.getElementById("flash")?.focus();
    } catch {
        tell("outdial does not answer. Whether that was done is not known; calls may go on. See how things stand, and press again.");
        await refresh();
    } finally {
        button?.removeAttribute("aria-disabled");
    }
}

// A filter is applied as soon as something is chosen.
function applyFilter(event) {
    const form = event.target.closest("form[data-filter]");
    if (form && event.target.matches("select")) form.requestSubmit();
}

// What cannot be taken back is asked for once more.
function askAgain(event) {
    const question = event.submitter?.dataset.ask ?? event.target.dataset.ask;
    if (question && !confirm(question)) event.preventDefault();
}

document.addEventListener("submit", askAgain);
document.addEventListener("submit", sendInPlace);
document.addEventListener("change", applyFilter);

// On a wide screen the menu stands open.
const wide = matchMedia("(min-width: 60rem)");
const menu = document.getElementById("menu");
const openMenu = () => menu?.toggleAttribute("open", wide.matches);
openMenu();
wide.addEventListener("change", openMenu);

document.getElementById("errors")?.focus();
if (tellZone() && document.querySelector("time.when")) refresh();
follow();
