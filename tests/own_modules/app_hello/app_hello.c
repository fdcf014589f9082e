/*
 * A module that is none of Asterisk's: the application Hello() sets HELLO to what the function HELLO_WORD() gives.
 * With -DWITH_MONITOR it uses an interface that went with res_monitor.
 */
#define AST_MODULE "app_hello"
#define AST_MODULE_SELF_SYM __internal_app_hello_self

#include "asterisk.h"

#include "asterisk/channel.h"
#include "asterisk/module.h"
#include "asterisk/pbx.h"
#ifdef WITH_MONITOR
#include "asterisk/monitor.h"
#endif

static int hello_exec(struct ast_channel *chan, const char *data)
{
	pbx_builtin_setvar_helper(chan, "HELLO", data);
	return 0;
}

static int word_read(struct ast_channel *chan, const char *cmd, char *data, char *buf, size_t len)
{
	ast_copy_string(buf, "world", len);
	return 0;
}

static struct ast_custom_function word = {
	.name = "HELLO_WORD",
	.read = word_read,
};

static int unload_module(void)
{
	return ast_custom_function_unregister(&word) | ast_unregister_application("Hello");
}

static int load_module(void)
{
	return ast_custom_function_register(&word)
		|| ast_register_application("Hello", hello_exec, "Says hello", "Sets HELLO")
		? AST_MODULE_LOAD_DECLINE : AST_MODULE_LOAD_SUCCESS;
}

AST_MODULE_INFO_STANDARD_EXTENDED(ASTERISK_GPL_KEY, "Says hello");
