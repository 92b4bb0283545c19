import { comboboxes } from "./combobox.js";
import { composers } from "./composer.js";
import { surroundings } from "./frame.js";
import { menus } from "./overlay.js";
import { drawn, listen } from "./page.js";
import { surfaces } from "./surface.js";

menus();
comboboxes();
composers();
surfaces();
surroundings();
drawn("visit");
listen();
