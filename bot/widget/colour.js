// Colours by the formulas of WCAG 2.2, so that any accent gives readable text.

const READABLE = 4.5; // contrast of text, WCAG 2.2, 1.4.3

// The colour [r, g, b], each 0 to 255, of what a browser computed.
function parseColour(computed) {
  const plain = /^rgba?\((\d+), (\d+), (\d+)/.exec(computed);
  if (plain) return plain.slice(1).map(Number);
  // Wider colour spaces are turned into sRGB by drawing a pixel.
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  canvas.fillStyle = computed;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}

function luminance(colour) {
  const [r, g, b] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function mix(from, to, share) {
  return from.map((part, position) => Math.round(part + (to[position] - part) * share));
}

function blackOrWhite(ground) {
  const [black, white] = [
    [0, 0, 0],
    [255, 255, 255],
  ];
  return contrast(black, ground) > contrast(white, ground) ? black : white;
}

// The colour, moved towards `text` no further than it takes to be readable on `ground`.
function readable(colour, ground, text) {
  for (let share = 0; share < 1; share += 0.05) {
    const moved = mix(colour, text, share);
    if (contrast(moved, ground) >= READABLE) return moved;
  }
  return text;
}

function css(colour) {
  return `rgb(${colour.join(" ")})`;
}
