// The form that logs in, on a page of its own or over one whose session has ended.

// Sends the form's name and password; `done` is told of the user { name, role } who is logged in.
export function bindLogin(form, done) {
  const alert = form.querySelector(".alert");
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    alert.hidden = true;
    const problem = await logIn(form, done);
    button.disabled = false;
    if (!problem) return;
    alert.textContent = problem;
    alert.hidden = false;
    form.elements.password.select();
  });
}

// Returns what keeps from logging in, in one sentence, or "".
async function logIn(form, done) {
  const { name, password } = form.elements;
  let response;
  try {
    response = await fetch("/desk/login", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: name.value, password: password.value }),
    });
  } catch {
    return "The server cannot be reached: check the connection and try again.";
  }
  const answer = await response.json();
  if (!response.ok) return answer.detail;
  password.value = "";
  done(answer);
  return "";
}
