// Copies the one LICENSE of the repository into the package that is being built, so that each
// tarball carries it. Runs as the last step of a package's build, in the package's folder.
import { copyFileSync } from "node:fs";

copyFileSync(new URL("../LICENSE", import.meta.url), "LICENSE");
