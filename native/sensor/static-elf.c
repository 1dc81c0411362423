/*
 * Debian's static libelf (0.192) leaves out what keeps the raw chunks of a file, which no caller here asks for: linking
 * fails as soon as one does. A libelf that brings these has them instead.
 */
void eu_search_tree_init(void *tree);
void eu_search_tree_fini(void *tree, void (*free_chunk)(void *));

__attribute__((weak)) void eu_search_tree_init(void *tree)
{
	(void)tree;
}

__attribute__((weak)) void eu_search_tree_fini(void *tree, void (*free_chunk)(void *))
{
	(void)tree;
	(void)free_chunk;
}
