// Makes a part of the page like another, touching only what differs: what is focused, open or being typed in stays.

const KEPT = { DETAILS: ["open"], DIALOG: ["open"] };

export function patch(old, fresh) {
    if (old.isEqualNode(fresh)) return;
    if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || old.id !== fresh.id) {
        old.replaceWith(document.importNode(fresh, true));
        return;
    }
    if (old.nodeType === Node.TEXT_NODE) {
        old.data = fresh.data;
        return;
    }
    if (old.nodeType !== Node.ELEMENT_NODE) return;
    if (old === document.activeElement && old.matches("input, textarea, select")) return;
    attributes(old, fresh);
    children(old, fresh);
}

function attributes(old, fresh) {
    const kept = KEPT[old.nodeName] ?? [];
    for (const { name } of [...old.attributes]) {
        if (!fresh.hasAttribute(name) && !kept.includes(name)) old.removeAttribute(name);
    }
    for (const { name, value } of fresh.attributes) {
        if (!kept.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
}

function children(old, fresh) {
    // What has an id is found by it, wherever it has moved to.
    const known = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
    let at = old.firstChild;
    for (const wanted of [...fresh.childNodes]) {
        const found = wanted.id ? known.get(wanted.id) : undefined;
        if (found) {
            if (found === at) at = at.nextSibling;
            else old.insertBefore(found, at);
            patch(found, wanted);
        } else if (at && !at.id && !wanted.id) {
            const next = at.nextSibling;
            patch(at, wanted);
            at = next;
        } else {
            old.insertBefore(document.importNode(wanted, true), at);
        }
    }
    while (at) {
        const next = at.nextSibling;
        at.remove();
        at = next;
    }
}
