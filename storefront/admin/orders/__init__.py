"""The order desk: the list, one order with every act, its papers."""
