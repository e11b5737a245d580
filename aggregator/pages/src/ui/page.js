// Nicer where scripts run: tables that can be sorted, addresses that can be copied, a button to print,
// a menu that Escape closes. Every page says and does all it has to without; nothing is fetched, kept or
// sent anywhere.
"use strict";

(() => {
  const button = (words, className, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = className;
    made.textContent = words;
    made.addEventListener("click", () => act(made));
    return made;
  };

  // ---- tables that can be sorted ----------------------------------------

  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

  // `30 September 2026`, `Sep 2026`: a number that grows with the date.
  const date = (words) => {
    const found = words.match(/^(?:(\d{1,2}) )?([A-Z][a-z]{2})[a-z]* (\d{4})\b/);
    const month = found ? MONTHS.indexOf(found[2]) : -1;
    return month < 0 ? null : (Number(found[3]) * 12 + month) * 31 + Number(found[1] ?? 0);
  };

  // `1,234 (1,200 to 1,268)`, `−3`; `Under 25` stands before `25 to 29`.
  const number = (words) => {
    const plain = words.replaceAll("\u2212", "-").replaceAll(",", "");
    const found = plain.match(/^(Under )?([-+]?\d+(?:\.\d+)?)/);
    return found ? Number(found[2]) - (found[1] ? 0.5 : 0) : null;
  };

  // What a cell is sorted by: its date or first number, where it has one, else its words.
  const sortKey = (cell) => {
    const words = cell.textContent.trim();
    return { words, number: date(words) ?? number(words) };
  };

  const compare = (a, b) => {
    if (a.number !== null && b.number !== null) {
      return a.number - b.number;
    }
    return a.words.localeCompare(b.words, "en-GB", { numeric: true });
  };

  const sort = (table, heading, column) => {
    const direction = heading.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    for (const other of table.tHead.rows[0].cells) {
      other.removeAttribute("aria-sort");
    }
    heading.setAttribute("aria-sort", direction);
    const sign = direction === "ascending" ? 1 : -1;
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => ({ row, key: sortKey(row.cells[column]) }));
    // What is empty says nothing, nor do words among numbers (`too noisy to show`, `none`): in either
    // direction they stand last.
    const hasNumbers = rows.some(({ key }) => key.number !== null);
    const saysNothing = ({ key }) => key.words === "" || (hasNumbers && key.number === null);
    rows.sort((a, b) => saysNothing(a) - saysNothing(b) || sign * compare(a.key, b.key));
    body.append(...rows.map(({ row }) => row));
  };

  for (const table of document.querySelectorAll("table.data:not(.matrix)")) {
    if (!table.tHead || table.tBodies[0].rows.length < 3) {
      continue;
    }
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      const words = heading.textContent.trim();
      if (words !== "") {
        heading.replaceChildren(button(words, "sort", () => sort(table, heading, column)));
      }
    });
  }

  // ---- addresses that can be copied -------------------------------------

  // Only a page that came over TLS, or from this machine, may write to the clipboard.
  if (navigator.clipboard) {
    for (const source of document.querySelectorAll(".take code, .take .cite")) {
      const copy = async (made) => {
        const words = source.textContent;
        try {
          await navigator.clipboard.writeText(words);
          made.textContent = "Copied";
        } catch {
          made.textContent = "Not allowed to copy";
        }
      };
      const what = source.matches("code") ? "Copy the address" : "Copy the citation";
      const made = button(what, "small", copy);
      made.setAttribute("aria-live", "polite");
      source.after(" ", made);
    }
  }

  // ---- a button to print ------------------------------------------------

  const links = document.querySelector(".take ul");
  if (links) {
    const item = document.createElement("li");
    item.append(button("Print this page", "small", () => window.print()));
    links.append(item);
  }

  // ---- a menu that Escape closes ----------------------------------------

  const menu = document.querySelector("details.menu");
  if (menu) {
    menu.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && menu.open) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    });
  }
})();
