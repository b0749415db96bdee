#include <assert.h>
#include <stdio.h>

static int depth = 0;

void enter(const char *name)
{
    printf("%*s> %s\n", depth, "", name);
    depth += 2;
}

void leave(const char *name)
{
    assert(depth >= 2);
    depth -= 2;
    printf("%*s< %s\n", depth, "", name);
}
