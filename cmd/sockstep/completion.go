package main

import (
	"strconv"

	"github.com/spf13/cobra"

	"sockstep/sockets/names"
)

// newCompletion writes what makes a shell complete sockstep's commands and flags.
func newCompletion(s *settings) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: s.say(names.T("print what makes bash, zsh, fish or powershell complete sockstep", "输出让 bash、zsh、fish 或 powershell 补全 sockstep 的脚本")),
		Long: s.say(names.T("completion prints what makes a shell complete sockstep's commands and flags:", "completion 输出让 shell 补全 sockstep 的命令和选项的脚本：")) + `

  bash   source <(sockstep completion bash)
  zsh    sockstep completion zsh > "${fpath[1]}/_sockstep"
  fish   sockstep completion fish > ~/.config/fish/completions/sockstep.fish
  powershell
         sockstep completion powershell | Out-String | Invoke-Expression`,
		Args:      oneWord,
		ValidArgs: shells,
		RunE: func(c *cobra.Command, args []string) error {
			switch root := c.Root(); args[0] {
			case "bash":
				return root.GenBashCompletionV2(s.io.out, true)
			case "zsh":
				return root.GenZshCompletion(s.io.out)
			case "fish":
				return root.GenFishCompletion(s.io.out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(s.io.out)
			}
			return misuse(names.T("completion is for "+listed(shells, " or ")+", not "+strconv.Quote(args[0]),
				"completion 用于 "+listed(shells, " 或 ")+"，而不是 "+strconv.Quote(args[0])))
		},
	}
}
