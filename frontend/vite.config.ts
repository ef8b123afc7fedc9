import react from "@vitejs/plugin-react";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const COMPRESSIBLE = /\.(css|js|svg|webmanifest)$/;

export default defineConfig(({ command }) => ({
  plugins: [react(), compressed()],
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
    proxy: { "/api": "http://localhost:8000", "/media": "http://localhost:8000" },
  },
  test: {
    environment: "jsdom",
    restoreMocks: true,
    unstubGlobals: true,
  },
}));

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
