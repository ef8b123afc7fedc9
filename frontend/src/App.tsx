import { lazy, Suspense } from "react";
import { BrowserRouter, Route, Routes } from "react-router";

import { base } from "./base";
import { Layout } from "./layout/Layout";
import { ToastProvider } from "./layout/Toasts";
import { ErrorBoundary } from "./pages/ErrorBoundary";
import { HomePage } from "./pages/HomePage";
import { MemberPage } from "./pages/MemberPage";
import { NotFoundPage } from "./pages/NotFoundPage";
import { WithMembers } from "./pages/WithMembers";
import { PlayerProvider } from "./player/PlayerProvider";
import { SpeakingProvider } from "./studio/SpeakingProvider";

const VoicesPage = lazy(() => import("./pages/VoicesPage"));

/** The pages; forv/page.py answers their addresses, and all others with 404 and the last page. */
export function App() {
  return (
    <ErrorBoundary>
      <PlayerProvider>
        <SpeakingProvider>
          <ToastProvider>
            <BrowserRouter basename={base}>
              <Routes>
                <Route element={<Layout />}>
                  <Route
                    index
                    element={
                      <WithMembers>{(members) => <HomePage members={members} />}</WithMembers>
                    }
                  />
                  <Route
                    path="members/:slug"
                    element={
                      <WithMembers>{(members) => <MemberPage members={members} />}</WithMembers>
                    }
                  />
                  <Route
                    path="voices"
                    element={
                      <WithMembers>
                        {(members) => (
                          <Suspense>
                            <VoicesPage members={members} />
                          </Suspense>
                        )}
                      </WithMembers>
                    }
                  />
                  <Route path="*" element={<NotFoundPage />} />
                </Route>
              </Routes>
            </BrowserRouter>
          </ToastProvider>
        </SpeakingProvider>
      </PlayerProvider>
    </ErrorBoundary>
  );
}
