/*-------------------------------------------------------------------------
 *
 * preload.c
 *	  For tests only, preloaded into a server that runs under sanitizers: no
 *	  message catalogues.
 *
 * Debian's server waits for ever in its first call of bindtextdomain(), for a
 * lock of the C library, when the address sanitizer is preloaded.  Without the
 * call, messages stay as they are in the source.
 *
 *-------------------------------------------------------------------------
 */
extern char *bindtextdomain(const char *domain, const char *folder);

char *
bindtextdomain(const char *domain, const char *folder)
{
	(void) domain;
	return (char *) folder;
}
