import { bindLogin } from "./login.js";

const form = document.querySelector("form");
form.elements.name.focus();
bindLogin(form, () => location.replace(wanted()));

// The page that was asked for before the login, if it is one of the desk.
function wanted() {
  const next = new URL(new URLSearchParams(location.search).get("next") ?? "/desk", location.origin);
  const isOurs = next.origin === location.origin && /^\/desk(\/|$)/.test(next.pathname);
  return isOurs ? next.pathname + location.hash : "/desk";
}
