// The table as a file that Swedish Excel opens as it is: semicolon, decimal comma, BOM, CRLF.

function inert(text) {
  return /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
}

function quoted(text) {
  return /[";\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

function csvOf(headings, rows, notes) {
  const lines = [[...headings, ...notes.map(([name]) => name)]];
  for (const row of rows) lines.push([...row, ...notes.map(([, text]) => text)]);
  return `\ufeff${lines.map((line) => line.map((cell) => quoted(inertCell(cell))).join(";")).join("\r\n")}\r\n`;
}

// Numbers stand as they are; a text that a spreadsheet would run gets a leading '.
function inertCell(cell) {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number") return String(cell).replace(".", words.locale === "sv-SE" ? "," : ".");
  return inert(String(cell));
}

function download(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 0);
}
