// The data arrive gzipped, five letters for four bytes; without the browser's own unpacking nothing can be shown.

async function unpack() {
  const packed = document.getElementById("data").textContent;
  if (typeof DecompressionStream === "undefined") {
    document.getElementById("too-old").hidden = false;
    return null;
  }
  const stream = new DecompressionStream("gzip");
  const writer = stream.writable.getWriter();
  writer.write(bytesOf(packed));
  writer.close();
  return opened(JSON.parse(await new Response(stream.readable).text()));
}

// The letters and their order are Python's in `payload.LETTERS`; what the last four bytes lack is cut.
function bytesOf(packed) {
  const [letters, length] = packed.split(" ", 2);
  const text = new TextEncoder().encode(packed);
  const place = new Uint8Array(128);
  for (let at = 0; at < letters.length; at++) place[letters.charCodeAt(at)] = at;
  const bytes = new Uint8Array(Number(length) + 3);
  let to = 0;
  for (let from = letters.length + length.length + 2; from < text.length; from += 5) {
    const high = (place[text[from]] * 85 + place[text[from + 1]]) * 85 + place[text[from + 2]];
    const number = high * 7225 + place[text[from + 3]] * 85 + place[text[from + 4]];
    bytes[to++] = number >>> 24;
    bytes[to++] = number >>> 16;
    bytes[to++] = number >>> 8;
    bytes[to++] = number;
  }
  return bytes.subarray(0, Number(length));
}

// Columns of numbers arrive as digits (`payload.written_out`) and are read when they are first asked for.
function opened(node) {
  for (const key of Object.keys(node)) {
    const value = node[key];
    if (value === null || typeof value !== "object") continue;
    const found = { configurable: true, enumerable: true };
    const read = () => Object.defineProperty(node, key, { ...found, writable: true, value: columnOf(value) })[key];
    if (value.digits) Object.defineProperty(node, key, { ...found, get: read });
    else if (!Array.isArray(value) || typeof value[0] === "object") opened(value);
  }
  return node;
}

// One digit of every number in each text, the lowest first; an odd number is one below zero.
function numbersOf(texts, count) {
  const digits = new Uint8Array(128);
  for (let at = 0; at < data.steps.length; at++) digits[data.steps.charCodeAt(at)] = at;
  const numbers = new Float64Array(count);
  texts.forEach((text, place) => {
    const worth = data.steps.length ** place;
    for (let at = 0; at < count; at++) numbers[at] += worth * digits[text.charCodeAt(at)];
  });
  for (let at = 0; at < count; at++) numbers[at] = numbers[at] % 2 ? -(numbers[at] + 1) / 2 : numbers[at] / 2;
  return numbers;
}

function columnOf({ digits, count, per, wide = 0, once }) {
  const numbers = numbersOf(digits, count * Math.max(1, wide));
  const column = [];
  for (let at = 0; at < count; at++) {
    if (wide) column.push([]);
    for (let from = at; from < numbers.length; from += count) {
      const number = numbers[from];
      const told = number === 0 ? null : (number < 0 ? number : number - 1) / per;
      if (wide) column[at].push(told);
      else column.push(once ? once[number - 1] : told);
    }
  }
  return column;
}
