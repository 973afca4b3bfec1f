// What every page of the desk has: logging out, and logging in again where the session has ended.

import { request } from "./client.js";
import { forget } from "./memory.js";

document.getElementById("log-out").addEventListener("click", async () => {
  await request("/desk/api/logout", { method: "POST" });
  forget();
  location.replace("/desk/login");
});
