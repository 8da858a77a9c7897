// The chat page. Each module sets itself up, and does nothing where its part of the page is missing.

import "./asking.js";
import "./conversations.js";
import "./tools.js";
import "./citations.js";
import "./selection.js";
import "./earlier.js";
import "./latest.js";
import "./preferences.js";

import { waitFor } from "./answers.js";

const messages = document.querySelector("#messages");

for (const answer of messages.querySelectorAll("[data-state=streaming]")) waitFor(answer);
if (!location.hash && !location.search) messages.querySelector(".question:nth-last-of-type(2)")?.scrollIntoView();
