/* tests/lint/link_alone.c - linked with one floor's whole library and those below it: an upward call cannot link. */
int main(void)
{
    return 0;
}
