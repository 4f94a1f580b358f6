package dev.gradus.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CallSitesTest {
    /** What is called from different lines. */
    private static final class Callee {
        private final CallSites sites;

        Callee(boolean always) {
            sites = new CallSites(Callee.class, always);
        }

        String call() {
            return sites.next().toString();
        }
    }

    @Test
    void theFirstCallsAndSomeLaterOnesAreExactAndTheOthersSaySo() {
        Callee callee = new Callee(false);
        String first = "";
        for (int call = 0; call <= CallSites.EXACT; call++) {
            first = callee.call();
            assertTrue(first.matches("CallSitesTest\\.java:\\d+"), first);
        }
        for (int call = 1; call < CallSites.EVERY; call++) {
            String said = callee.call();
            assertTrue(said.startsWith(first + " or another line since"), said);
            assertTrue(said.contains("-Dgradus.lines=true"), said);
        }
        String exact = callee.call();
        assertTrue(exact.matches("CallSitesTest\\.java:\\d+"), exact);
        assertFalse(exact.equals(first), exact);
    }

    @Test
    void onRequestAllAreExact() {
        Callee callee = new Callee(true);
        String known = callee.call();
        for (int call = 0; call < 1000; call++) {
            String said = callee.call();
            assertEquals(known.length(), said.length(), said);
        }
    }
}
