// The data arrive gzipped, five letters for four bytes; without the browser's own unpacking nothing can be shown.

async function unpack() {
  const packed = document.getElementById("data").textContent;
  if (typeof DecompressionStream === "undefined") {
    document.getElementById("too-old").hidden = false;
    return null;
  }
  const stream = new Blob([bytesOf(packed)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

// The letters and their order are Python's in `payload.LETTERS`; what the last four bytes lack is cut.
function bytesOf(packed) {
  const [letters, length, text] = packed.split(" ");
  const place = new Uint8Array(128);
  for (let at = 0; at < letters.length; at++) place[letters.charCodeAt(at)] = at;
  const bytes = new DataView(new ArrayBuffer((4 * text.length) / 5));
  for (let from = 0, to = 0; from < text.length; to += 4) {
    let number = 0;
    for (const end = from + 5; from < end; from++) number = 85 * number + place[text.charCodeAt(from)];
    bytes.setUint32(to, number);
  }
  return bytes.buffer.slice(0, Number(length));
}
