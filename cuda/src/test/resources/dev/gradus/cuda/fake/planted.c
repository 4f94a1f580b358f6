/* What somebody might leave in a shared folder: whoever loads it leaves a mark. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void loaded(void) {
    const char *mark = getenv("FAKE_MARK");
    if (mark) {
        close(open(mark, O_CREAT | O_WRONLY, 0600));
    }
}
