// What was typed and is not kept anywhere else yet: it outlives a reload, and ends with the tab.

const PREFIX = "desk:";

// What was remembered under a name, or null.
export function recall(name) {
  return JSON.parse(sessionStorage.getItem(PREFIX + name));
}

export function remember(name, value) {
  sessionStorage.setItem(PREFIX + name, JSON.stringify(value));
}

// Forget what was remembered under a name, or everything.
export function forget(name) {
  const names = name === undefined ? Object.keys(sessionStorage) : [PREFIX + name];
  for (const each of names) if (each.startsWith(PREFIX)) sessionStorage.removeItem(each);
}
