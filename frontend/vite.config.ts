import react from "@vitejs/plugin-react";
import { createRequire } from "node:module";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const require = createRequire(import.meta.url);
const COMPRESSIBLE = /\.(css|js|svg|webmanifest)$/;

export default defineConfig(({ command }) => ({
  plugins: [react(), alpineOfTheDesk(), compressed()],
  // Django serves the built files below /static/, and writes its own prefix before that (forv/page.py);
  // the development server serves the page at its root.
  base: command === "build" ? "/static/" : "/",
  experimental: {
    // Files name each other relative to themselves, so that they work behind any prefix.
    renderBuiltUrl: (_name, { hostType }) => (hostType === "html" ? undefined : { relative: true }),
  },
  build: {
    // Separate files instead of data: URLs and inline scripts, so that a strict
    // Content-Security-Policy needs no exception for this page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ["index.html", "500.html"] },
  },
  server: {
    // What the page asks the service for; that of `make run`, by default.
    proxy: Object.fromEntries(
      ["/api/", "/media/", "/pictures/", "/s/", "/static/"].map((path) => [
        path,
        `http://localhost:${process.env.PORT ?? "8000"}`,
      ]),
    ),
  },
  test: {
    environment: "jsdom",
    restoreMocks: true,
    unstubGlobals: true,
  },
}));

/**
 * Put Alpine's build for a strict Content-Security-Policy where the admin's frame (django-unfold) has its own, which
 * needs eval(): of two static files of one name, Django takes the one in this folder.
 */
function alpineOfTheDesk(): Plugin {
  return {
    name: "alpine-of-the-desk",
    apply: "build",
    generateBundle() {
      const source = readFileSync(require.resolve("@alpinejs/csp/dist/cdn.min.js"));
      this.emitFile({ type: "asset", fileName: "unfold/js/alpine/alpine.js", source });
    },
  };
}

/** Write each text file of the build also as .br and .gz, which the web process sends to whoever takes them. */
function compressed(): Plugin {
  let folder = "";
  return {
    name: "compressed",
    apply: "build",
    configResolved({ build }) {
      folder = build.outDir;
    },
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf-8" })) {
        const path = join(folder, name);
        if (!COMPRESSIBLE.test(name) || !statSync(path).isFile()) continue;
        const content = readFileSync(path);
        const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
        writeFileSync(`${path}.br`, brotliCompressSync(content, { params: quality }));
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
      }
    },
  };
}
