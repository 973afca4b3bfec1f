// Charts over days as SVG: no library, no style of its own, colours by class from the style sheet.
// What a chart shows stands in its label and in the title of each mark.

const SPACE = "http://www.w3.org/2000/svg";
const WIDTH = 380;
const HEIGHT = 200;
const PLOT = { left: 50, right: 18, top: 10, bottom: 26 };
const TICKS = 4;
const MOST_DAY_LABELS = 7;
const WIDEST_BAR = 28;

// Bars of counts that stand on each other. `series` is [{ name, kind, values }].
export function stackedBars(label, days, series) {
  const totals = days.map((_, day) => sum(series.map(({ values }) => values[day])));
  const frame = new Frame(label, days, niceTop(Math.max(...totals, TICKS)), String);
  const step = frame.width / days.length;
  const width = Math.min(step * 0.7, WIDEST_BAR);
  days.forEach((day, index) => {
    let below = 0;
    for (const { name, kind, values } of series) {
      const value = values[index];
      if (!value) continue;
      const y = frame.y(below + value);
      const mark = { x: frame.x(index) - width / 2, y, width, height: frame.y(below) - y };
      frame.mark("rect", { ...mark, class: kind }, `${dayName(day)}: ${value} ${name}`);
      below += value;
    }
  });
  return frame.drawing;
}

// Lines through the days that have a value; `format` tells one, `top` is the largest there can be.
export function lines(label, days, series, format, top) {
  const known = series.flatMap(({ values }) => values.filter((value) => value !== null));
  const frame = new Frame(label, days, top ?? niceTop(Math.max(...known, 1)), format);
  for (const { name, kind, values } of series) {
    for (const run of runs(values)) {
      const points = run.map((index) => `${frame.x(index)},${frame.y(values[index])}`).join(" ");
      frame.draw("polyline", { points, class: `line ${kind}` });
    }
    values.forEach((value, index) => {
      if (value === null) return;
      const place = { cx: frame.x(index), cy: frame.y(value), r: days.length > 31 ? 2 : 3.5 };
      const told = `${dayName(days[index])}: ${name} ${format(value)}`;
      frame.mark("circle", { ...place, class: `dot ${kind}` }, told);
    });
  }
  return frame.drawing;
}

// "Thu 26 Nov" of an ISO date.
export function dayName(day) {
  const format = { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" };
  return new Date(day).toLocaleDateString("en-GB", format);
}

class Frame {
  constructor(label, days, top, format) {
    this.count = days.length;
    this.top = top;
    this.width = WIDTH - PLOT.left - PLOT.right;
    this.drawing = make("svg", {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart", role: "img", "aria-label": label,
    });
    for (let tick = 0; tick <= TICKS; tick += 1) {
      const value = (top * tick) / TICKS;
      const y = this.y(value);
      this.draw("line", { x1: PLOT.left, x2: WIDTH - PLOT.right, y1: y, y2: y, class: "grid" });
      this.#text(format(value), { x: PLOT.left - 6, y: y + 4, "text-anchor": "end" });
    }
    const every = Math.ceil(days.length / MOST_DAY_LABELS);
    for (let day = days.length - 1; day >= 0; day -= every) {
      const name = new Date(days[day]).toLocaleDateString("en-GB", {
        day: "numeric", month: "short", timeZone: "UTC",
      });
      this.#text(name, { x: this.x(day), y: HEIGHT - 8, "text-anchor": "middle" });
    }
  }

  x(day) {
    return PLOT.left + ((day + 0.5) * this.width) / this.count;
  }

  y(value) {
    const height = HEIGHT - PLOT.top - PLOT.bottom;
    return PLOT.top + height * (1 - value / this.top);
  }

  draw(tag, attributes) {
    const drawn = make(tag, attributes);
    this.drawing.append(drawn);
    return drawn;
  }

  // Something that tells what it is when the pointer rests on it.
  mark(tag, attributes, told) {
    const title = make("title", {});
    title.textContent = told;
    this.draw(tag, { ...attributes, "data-told": told }).append(title);
  }

  #text(text, attributes) {
    this.draw("text", attributes).textContent = text;
  }
}

function make(tag, attributes) {
  const made = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// The days with a value, as runs of days that follow each other.
function runs(values) {
  const found = [[]];
  values.forEach((value, index) => {
    if (value === null) found.push([]);
    else found.at(-1).push(index);
  });
  return found.filter((run) => run.length > 1);
}

// The least round number that a value fits below, which divides into the ticks.
function niceTop(value) {
  const unit = 10 ** Math.floor(Math.log10(value / TICKS));
  const step = [1, 2, 2.5, 5, 10].find((each) => each * unit * TICKS >= value);
  return Math.max(step * unit, Number.isInteger(value) && value <= TICKS ? 1 : 0) * TICKS;
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
