// A picture of one's own, as black and white dots: chosen from this device, or taken with it. It is read, made small and
// dotted here, and goes nowhere: neither into the address nor to a server.

// Grey values from 0, black, to 1, as dots: 1 is black. The error of a dot goes on to the neighbours that come after it
// (Floyd and Steinberg 1976), so that grey stays grey from afar.
export function dither(grey, side) {
  const left = Float32Array.from(grey), bits = new Uint8Array(side * side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const i = y * side + x, white = left[i] > 0.5, error = left[i] - (white ? 1 : 0);
      bits[i] = white ? 0 : 1;
      for (const [dx, dy, share] of [[1, 0, 7], [-1, 1, 3], [0, 1, 5], [1, 1, 1]])
        if (x + dx >= 0 && x + dx < side && y + dy < side) left[i + dy * side + dx] += (error * share) / 16;
    }
  return bits;
}

// Stretched so that a twentieth of all is black and a twentieth white, whatever the light was.
export function stretch(grey) {
  const sorted = Float32Array.from(grey).sort(), low = sorted[Math.floor(sorted.length * 0.05)], high = sorted[Math.floor(sorted.length * 0.95)];
  return Float32Array.from(grey, (g) => (high > low ? Math.min(1, Math.max(0, (g - low) / (high - low))) : 0.5));
}

// The middle square of a picture file, side x side dots. Throws where the file is no picture that this browser reads.
export async function dotsOfFile(file, side) {
  const image = await createImageBitmap(file), edge = Math.min(image.width, image.height), canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const c = canvas.getContext("2d");
  c.imageSmoothingQuality = "high";
  c.fillStyle = "#fff"; // what is transparent
  c.fillRect(0, 0, side, side);
  c.drawImage(image, (image.width - edge) / 2, (image.height - edge) / 2, edge, edge, 0, 0, side, side);
  image.close();
  const { data } = c.getImageData(0, 0, side, side);
  const grey = Float32Array.from({ length: side * side }, (_, i) => (0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]) / 255);
  return dither(stretch(grey), side);
}
