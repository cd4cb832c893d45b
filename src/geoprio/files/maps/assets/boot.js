// The data arrive gzipped in base64; without the browser's own unpacking nothing can be shown.

async function unpack() {
  const packed = document.getElementById("data").textContent;
  if (typeof DecompressionStream === "undefined") {
    document.getElementById("too-old").hidden = false;
    return null;
  }
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}
